/** Asks the authservice whether a user's password is right. It needs nothing but the JDK and the protocol. */
module org.x2go.authservice.client {
    requires jdk.net; // who serves a socket
    requires org.x2go.authservice.core;
    requires static info.picocli; // for the command, which is not in the library's jar
    requires static org.jspecify;

    exports org.x2go.authservice.client;
    exports org.x2go.authservice.client.jaas;

    provides javax.security.auth.spi.LoginModule with
            org.x2go.authservice.client.jaas.AuthServiceLoginModule;
}

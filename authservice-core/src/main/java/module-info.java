/** What both sides of the authservice socket share: credentials, verdicts and the request format. */
@SuppressWarnings("module") // the client is not there yet when this is compiled
module org.x2go.authservice.core {
    requires static org.jspecify;

    exports org.x2go.authservice.protocol;
    exports org.x2go.authservice.text to
            org.x2go.authservice.client; // its command
}

/** What both sides of the authservice socket share: credentials, verdicts and the request format. */
module org.x2go.authservice.core {
    requires static org.jspecify;

    exports org.x2go.authservice.protocol;
}

package org.x2go.authservice.pam;

/**
 * Why libpam is not called for a service.
 *
 * @param reason what is wrong, for the log line of each request
 * @param advice the consequence and what to do, for the administrator
 */
record Refusal(String reason, String advice) {}

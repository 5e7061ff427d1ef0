package org.x2go.authservice.pam;

/**
 * Why libpam is not asked for a service.
 *
 * @param reason what is wrong, for the log line of each request
 * @param advice what that means and what to do, for an admin
 */
record Refusal(String reason, String advice) {}

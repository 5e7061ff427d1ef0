package org.x2go.authservice.worker.process;

/**
 * When a worker is to be replaced, because modules leak.
 *
 * @param requests after how many requests
 * @param residentBytes when so much of it is in memory
 */
record WorkerLimits(int requests, long residentBytes) {}

/** A client for Java programs: batches, retries, and counts each event once; needs the JDK only. */
package io.ringtally.client;

/** The audit: whether what was accepted, what was folded in and what is counted agree. */
package io.ringtally.audit;

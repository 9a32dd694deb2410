/**
 * Ringtally counts events: over HTTP into a ring, from the ring into sharded counters, from there
 * exactly into Postgres. This package puts the parts together.
 *
 * <pre>
 *  http          ring                tally                     persist
 *  parse  -->  claim, copy,  -->  N shards: own slice,  -->  flusher: checkpoint and
 *  check       publish, 202       collapse, store,           changes in one transaction
 *              (Intake)           changes until a CUT        -->  Postgres
 * </pre>
 */
package io.ringtally.app;

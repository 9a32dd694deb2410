/**
 * Exact totals in Postgres: the database, the cut that becomes one transaction, and the thread that
 * decides when. Nothing outside this package knows SQL.
 */
package io.ringtally.persist;

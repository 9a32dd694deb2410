/** Questions that only Postgres can answer: a few threads and connections of their own. */
package io.ringtally.query;

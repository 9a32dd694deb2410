/** The edge: HTTP in, problem documents out; everything that can refuse a request happens here. */
package io.ringtally.http;

package io.ringtally.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.undertow.util.HeaderMap;
import io.undertow.util.Headers;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MediaTypeTest {

    @Test
    void aBodyOfNoKindIsTakenForJson() {
        assertEquals(MediaType.JSON, MediaType.of(new HeaderMap()));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '\0', value = {
            "application/json | JSON",
            "Application/JSON | JSON",
            "application/json;charset=utf-8 | JSON",
            "application/json ; Charset=\"UTF-8\" ;x=y | JSON",
            "application/json; x=\"; charset=latin1\" | JSON",
            "application/vnd.shop.v1+json | JSON",
            "application/cloudevents+json | CLOUD_EVENT",
            "application/cloudevents-batch+json | CLOUD_EVENTS",
            "application/x-ndjson | NDJSON",
            "application/json; charset=latin1 | OTHER",
            "application/json;CHARSET = latin1 | OTHER",
            "application/json; charset= | OTHER",
            "text/json | OTHER",
            "application/x-www-form-urlencoded | FORM",
            "application/x-www-form-urlencoded; charset=UTF-8 | FORM",
            "multipart/form-data; boundary=x | MULTIPART"})
    void theNameAndTheCharsetDecide(String contentType, MediaType kind) {
        assertEquals(kind, MediaType.of(
                new HeaderMap().put(Headers.CONTENT_TYPE, contentType)));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '\0', value = {
            "form-data; name=key | key",
            "form-data; name=\"key\" | key",
            "form-data;filename=\"a; name=b\";NAME=\"key\" | key",
            "form-data; name=\"a\\\"b\\\\c\" | a\"b\\c",
            "form-data; name=\"open | \"open",
            "form-data; filename=\"open\\ |",
            "form-data; name=\" | \"",
            "form-data; filename=name |",
            "form-data; name |",
            "form-data; |",
            "name=key |"})
    void aParameterIsFoundWhateverItsCaseAndQuotes(String value, String name) {
        if (name == null) {
            assertNull(MediaType.parameter(value, "name"));
        } else {
            assertEquals(name, MediaType.parameter(value, "name"));
        }
    }
}

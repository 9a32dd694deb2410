package io.ringtally.event;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CloudEventsTest {

    private static final String PLAIN = "{\"specversion\":\"1.0\",\"id\":\"7\",\"source\":"
            + "\"/shop\",\"type\":\"paid\",\"subject\":\"order-1\"";

    @Test
    void readsStructuredAndBatched() {
        assertEquals(List.of("/shop/order-1/paid/7=1@"),
                Reading.ofCloudEvents(PLAIN + "}").events());
        assertEquals(List.of("/shop/order-1/paid/7=-3@1769860800000000",
                "/shop/order-1/paid/7=1@"),
                Reading.ofCloudEvents("[" + PLAIN + ",\"time\":\"2026-01-31T12:00:00Z\","
                        + "\"datacontenttype\":\"application/json\",\"data\":{\"x\":[1],"
                        + "\"value\":-3}}," + PLAIN + ",\"data\":\"text\"}]").events());
        assertEquals(List.of("/shop/order-1/paid/7=1@"), Reading.ofCloudEvents(
                PLAIN + ",\"data_base64\":\"AAA=\",\"data.value\":9}").events());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
        "{'specversion':'1.0'} | source | source is missing",
        "{'specversion':'1.0'} | subject | subject is missing",
        "{'specversion':'1.0'} | type | type is missing",
        "{'specversion':'1.0'} | id | id is missing",
        "{'id':'1'} | specversion | specversion is missing: send 1.0",
        "{'specversion':'0.3'} | specversion | specversion is the string \"0.3\": send 1.0",
        "{'specversion':1.0} | specversion | specversion is the number 1.0: send 1.0",
        "{'specversion':'1.0','time':'noon'} | time | time is \"noon\"",
        "{'specversion':'1.0','data':{'value':'x'}} | data.value | data.value is \"x\"",
        "[{'specversion':'1.0','source':7}] | [0].source | [0].source is the number 7",
        "{'specversion':'1.0','id':'','source':'s'} | id | id is empty",
        "{'specversion':'1.0','id':'1','source':''} | source | source is empty",
        "'x' | `` | the body is the string \"x\"",
    })
    void saysWhatIsWrong(String body, String field, String reason) {
        Reading reading = Reading.ofCloudEvents(body.replace('\'', '"'));
        assertFalse(reading.good());
        assertTrue(reading.fields().contains(field), reading.errors().toString());
        assertTrue(reading.errors().toString().contains(reason), reading.errors().toString());
    }

    @Test
    void readsBinaryModeFromItsAttributes() {
        Map<String, byte[]> attributes = new HashMap<>();
        for (String pair : List.of("id=7", "source=/shop", "type=paid", "subject=\u00e9")) {
            attributes.put(pair.substring(0, pair.indexOf('=')),
                    Reading.utf8(pair.substring(pair.indexOf('=') + 1)));
        }
        assertEquals("/shop/\u00e9/paid/7=5@", binary(attributes, true, "{\"value\":5}"));
        assertEquals("/shop/\u00e9/paid/7=1@", binary(attributes, true, "[1,2]"));
        assertEquals("/shop/\u00e9/paid/7=1@", binary(attributes, false, "<x/>"));
        assertEquals("/shop/\u00e9/paid/7=1@", binary(attributes, true, ""));
        assertTrue(binary(attributes, true, "{").contains("ends in the middle"));
        attributes.remove("subject");
        assertTrue(binary(attributes, false, "").contains("subject is missing"));
    }

    private static String binary(Map<String, byte[]> attributes, boolean json, String body) {
        List<FieldError> errors = new ArrayList<>();
        EventDraft draft = new EventDraft();
        byte[] bytes = Reading.utf8(body);
        boolean good = new EventParser().readCloudEvent(attributes, json, bytes, 0,
                bytes.length, draft, errors);
        return good ? Reading.line(draft) : errors.toString();
    }
}

package io.ringtally.event;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EventFormTest {

    private final EventParser parser = new EventParser();
    private final EventDraft draft = new EventDraft();
    private final List<FieldError> errors = new ArrayList<>();

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
        "key=abcdef&value=1 | /abcdef/increment/=1@",
        "value=-3&key=k&id=i | /k/increment/i=-3@",
        "key=a+b%2Bc%20d&value=%31 | /a b+c d/increment/=1@",
        "key=%2541&value=1 | /%41/increment/=1@",
        "%6Bey=%c3%A9%F0%9F%98%80&value=%2B7 | /é😀/increment/=7@",
        "key=é&value=1 | /é/increment/=1@",
        "&&key=k&&value=1& | /k/increment/=1@",
        "key=a=b&value=1&id= | /a=b/increment/=1@",
        "key=k&value=1&x&y=&x=%00%FF&Key=l | /k/increment/=1@",
    })
    void readsAForm(String body, String line) {
        assertTrue(readForm(body), errors::toString);
        assertEquals(List.of(), errors);
        assertEquals(line, Reading.line(draft));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
        "value=1 | key | key is missing: send a string of 1 to 255 bytes of UTF-8",
        "key=k | value | value is missing: send an integer",
        "key=&value=1 | key | key is empty: send a string of 1 to 255 bytes of UTF-8",
        "key&value=1 | key | key is empty",
        "key=k&value= | value | value is \"\", which is not an integer",
        "key=k&value=+1 | value | value is \" 1\", which is not an integer",
        "key=k&value=1.5 | value | value is \"1.5\", which is not an integer",
        "key=k&value=9223372036854775808 | value | does not fit a signed 64-bit integer",
        "key=a%00b&value=1 | key | key is \"a?b\", which has U+0000 at byte 1",
        "key=a%FF&value=1 | key | which at byte 1 (0xFF) is not valid UTF-8",
        "key=%ED%A0%80&value=1 | key | which at byte 0 (0xED) is not valid UTF-8",
        "key=a%C3&value=1 | key | not valid UTF-8",
        "key=a%&value=1 | key | key has \"%\" at byte 1, which is no escape: send two",
        "key=a%4&value=1 | key | key has \"%4\" at byte 1, which is no escape",
        "key=%zz&value=1 | key | key has \"%zz\" at byte 0, which is no escape",
        "key=%+1&value=1 | key | which is no escape",
        "key=k&value=%1g | value | value has \"%1g\" at byte 0",
        "key=k&value=1&x=%1 | x | x has \"%1\" at byte 0",
        "key=k&value=1&%x=1 | `` | a field name has \"%x\" at byte 0",
        "key=k&value=1&key=k | key | key is sent more than once: send it once",
        "key=k&value=1&value=1 | value | value is sent more than once",
    })
    void obeysTheSameRulesAsJson(String body, String field, String reason) {
        assertFalse(readForm(body));
        assertEquals(List.of(field), errors.stream().map(FieldError::field).toList());
        String found = errors.get(0).reason();
        assertTrue(found.contains(reason), found);
        assertEquals("//increment/=1@", Reading.line(draft));
    }

    @Test
    void missesBothFieldsInAnEmptyForm() {
        assertFalse(readForm(""));
        assertEquals(Reading.ofIncrement("{}").errors(), errors);
    }

    @Test
    void limitsTheKeyByItsDecodedBytes() {
        assertTrue(readForm("value=1&key=" + "%61".repeat(255)));
        assertTrue(readForm("value=1&x=" + "y".repeat(200_000) + "&key=k"));
        assertFalse(readForm("value=1&key=" + "%61".repeat(256)));
        assertTrue(errors.get(0).reason().contains("256 bytes of UTF-8, above the limit of 255"));
        assertTrue(readForm("value=1&key=k"));
    }

    @Test
    void readsFieldsThatWereTakenApart() {
        Map<String, List<byte[]>> fields = new LinkedHashMap<>();
        fields.put("value", List.of(Reading.utf8("-7")));
        fields.put("file", List.of(new byte[] {0, -1}, new byte[0]));
        fields.put("key", List.of(Reading.utf8("a+b%20é")));
        assertTrue(parser.readIncrementFields(fields, draft, errors));
        assertEquals("/a+b%20é/increment/=-7@", Reading.line(draft));
    }

    @Test
    void refusesBadFieldsThatWereTakenApart() {
        Map<String, List<byte[]>> fields = new LinkedHashMap<>();
        fields.put("value", List.of(Reading.utf8("1"), Reading.utf8("1"), Reading.utf8("1")));
        fields.put("key", List.of("é".getBytes(StandardCharsets.ISO_8859_1)));
        fields.put("id", List.of());
        assertFalse(parser.readIncrementFields(fields, draft, errors));
        assertEquals(List.of("value", "key"), errors.stream().map(FieldError::field).toList());
        assertFalse(parser.readIncrementFields(Map.of(), draft, errors));
        assertEquals(Reading.ofIncrement("{}").errors(), errors);
    }

    private boolean readForm(String body) {
        byte[] framed = Reading.utf8("%4" + body + "1&value=1");
        return parser.readIncrementForm(framed, 2, Reading.utf8(body).length, draft, errors);
    }
}

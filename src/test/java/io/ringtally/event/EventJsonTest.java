package io.ringtally.event;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EventJsonTest {

    private static final String CLEARED = "//increment/=1@";

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
        "{'key':'k123','value':2} | /k123/increment/=2@",
        "{'value':-3,'key':'k'} | /k/increment/=-3@",
        "{'key':'k','value':'7'} | /k/increment/=7@",
        "{'key':'k','value':'-3'} | /k/increment/=-3@",
        "{'key':'k','value':'+3'} | /k/increment/=3@",
        "{'key':'k','value':'007'} | /k/increment/=7@",
        "{'key':'k','value':-0} | /k/increment/=0@",
        "{'key':'k','value':'\\u0037'} | /k/increment/=7@",
        "{'key':'k','value':9223372036854775807} | /k/increment/=9223372036854775807@",
        "{'key':'k','value':-9223372036854775808} | /k/increment/=-9223372036854775808@",
        "{'key':'k','value':'-9223372036854775808'} | /k/increment/=-9223372036854775808@",
        "{'key':'k','value':'00000000000000000000000000001'} | /k/increment/=1@",
        "{'key':'k','value':1,'id':'i'} | /k/increment/i=1@",
        "{'key':'k','value':1,'id':null} | /k/increment/=1@",
        "{'key':'k','value':1,'id':''} | /k/increment/=1@",
        "{'\\u006bey':'\\u00e9\\ud83d\\ude00\\/','value':1} | /é😀//increment/=1@",
        "{'key':'a\\\"b\\\\c','value':1} | /a\"b\\c/increment/=1@",
        "{'key':'é😀','value':1} | /é😀/increment/=1@",
        "{'key':'k','value':1,'x':{'key':[1,{'value':null}],'y':1.5e300}} | /k/increment/=1@",
        "{'key':'k','value':1,'app_id':7,'event':null,'':0} | /k/increment/=1@",
        "{'key':'k','value':1,'x':'\\u0000\\ud800'} | /k/increment/=1@",
        "` \t\r\n{ 'key' : 'k' , 'value' : 1 } \n` | /k/increment/=1@",
    })
    void readsAnIncrementHoweverItIsWritten(String body, String line) {
        Reading reading = Reading.ofIncrement(body.replace('\'', '"'));
        assertEquals(List.of(), reading.errors());
        assertEquals(List.of(line), reading.events());
        assertTrue(reading.good());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
        "{'app_id':'a','message_id':'m','event':'sent'} | a/m/sent/=1@",
        "{'app_id':'','message_id':'m','event':'sent','value':5} | /m/sent/=5@",
        "{'event':'e','message_id':'m','app_id':'a','value':null,'created_at':null} | a/m/e/=1@",
        "{'app_id':'a','message_id':'m','event':'e','created_at':'1970-01-01T00:00:01.5Z'}"
                + "| a/m/e/=1@1500000",
        "{'app_id':'a','message_id':'m','event':'e','created_at':'1970-01-01T00:00:00-00:01'}"
                + "| a/m/e/=1@60000000",
        "{'app_id':'a','message_id':'m','event':'e','created_at':'1970-01-01T00:00:0\\u0030Z'}"
                + "| a/m/e/=1@0",
        "{'app_id':'a','message_id':'m','event':'e','id':'i','value':'-2','key':{}}"
                + "| a/m/e/i=-2@",
    })
    void readsAnEventHoweverItIsWritten(String body, String line) {
        Reading reading = Reading.ofEvent(body.replace('\'', '"'));
        assertEquals(List.of(), reading.errors());
        assertEquals(List.of(line), reading.events());
        assertTrue(reading.good());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
        "{} | key | key is missing: send a string of 1 to 255 bytes",
        "{'value':1} | key | key is missing",
        "{'key':'k'} | value | value is missing: send an integer between -9223372036854775808 and",
        "{'key':null,'value':1} | key | key is null, not a string",
        "{'key':5,'value':1} | key | key is the number 5, not a string",
        "{'key':true,'value':1} | key | key is true, not a string",
        "{'key':['k'],'value':1} | key | key is an array, not a string",
        "{'key':{'k':1},'value':1} | key | key is an object, not a string",
        "{'key':'','value':1} | key | key is empty",
        "{'key':'a\\u0000b','value':1} | key | key is \"a?b\", which has U+0000 at byte 1",
        "{'key':'\\ud800','value':1} | key | half a surrogate pair",
        "{'key':'\\udc00\\ud800','value':1} | key | half a surrogate pair",
        "{'key':'\\ud800x','value':1} | key | key is \"?x\", which has half a surrogate pair",
        "{'key':'k','value':null} | value | value is null, not an integer",
        "{'key':'k','value':true} | value | value is true, not an integer",
        "{'key':'k','value':[]} | value | value is an array, not an integer",
        "{'key':'k','value':{}} | value | value is an object, not an integer",
        "{'key':'k','value':1.5} | value | value is 1.5, which is not an integer",
        "{'key':'k','value':1.0} | value | value is 1.0, which is not an integer",
        "{'key':'k','value':1e3} | value | value is 1e3, which is not an integer",
        "{'key':'k','value':'abc'} | value | value is \"abc\", which is not an integer: send an",
        "{'key':'k','value':''} | value | value is \"\", which is not an integer",
        "{'key':'k','value':'-'} | value | value is \"-\", which is not an integer",
        "{'key':'k','value':'--1'} | value | not an integer",
        "{'key':'k','value':' 1'} | value | value is \" 1\", which is not an integer",
        "{'key':'k','value':'1 '} | value | not an integer",
        "{'key':'k','value':'0x1'} | value | not an integer",
        "{'key':'k','value':'\u0661'} | value | not an integer",
        "{'key':'k','value':'1\\u0000'} | value | value is \"1?\", which is not an integer",
        "{'key':'k','value':'\\ud800'} | value | half a surrogate pair",
        "{'key':'k','value':9223372036854775808} | value | does not fit a signed 64-bit integer",
        "{'key':'k','value':-9223372036854775809} | value | does not fit",
        "{'key':'k','value':'9223372036854775808'} | value | value is \"9223372036854775808\", wh",
        "{'key':'k','value':18446744073709551617} | value | does not fit",
        "{'key':'k','value':99999999999999999999999999} | value | does not fit",
        "{'key':'k','value':1,'id':7} | id | id is the number 7, not a string",
        "{'key':'k','value':1,'id':'\\u0000'} | id | has U+0000 at byte 0",
        "{'key':'k','value':1,'key':'l'} | key | key is sent more than once: send it once",
        "{'key':'k','value':1,'\\u006bey':'l'} | key | key is sent more than once",
        "{'key':'k','value':1,'x':1,'x':1} | x | x is sent more than once",
        "{'key':'k','value':1,'x':[0,{'y':1,'y':2}]} | x[1].y | x[1].y is sent more than once",
    })
    void namesTheFieldTheValueAndTheRemedy(String body, String field, String reason) {
        Reading reading = Reading.ofIncrement(body.replace('\'', '"'));
        assertFalse(reading.good());
        FieldError error = reading.errors().get(0);
        assertEquals(field, error.field());
        assertTrue(error.reason().contains(reason), error.reason());
        assertTrue(error.reason().contains(": send "), error.reason());
        assertEquals(body.equals("{}") ? 2 : 1, reading.errors().size(), error::toString);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
        "`` | the body is empty",
        "` \n\t ` | the body is empty",
        "{ | ends in the middle",
        "{'key':'k','value':1 | ends in the middle",
        "{'key':'k | ends in the middle",
        "{'key':'k','x':[ | ends in the middle",
        "{'key':'k','value':1} {} | goes on after its JSON, line 1, column 24, near",
        "{'key':'k','value':1}} | goes on after its JSON",
        "{'key':'k','value':1}x | goes on after its JSON",
        "{'key':'k','value':1}, | goes on after its JSON",
        "`{'key':'k','value':1}\u0000` | goes on after its JSON",
        "[] | the body is an array, not an object",
        "[{'key':'k','value':1}] | the body is an array, not an object",
        "'k' | the body is the string \"k\", not an object",
        "17 | the body is the number 17, not an object",
        "null | the body is null, not an object",
        "hello | not JSON",
        "key=k&value=1 | not JSON",
        "{'key':'k','value':01} | not JSON, line 1, column 21, near \"{'key':'k','value':01}\"",
        "{'key':'k','value':+1} | not JSON",
        "{'key':'k','value':.5} | not JSON",
        "{'key':'k','value':NaN} | not JSON",
        "{'key':'k','value':1,} | not JSON",
        "{'key':'k' 'value':1} | not JSON",
        "{key:'k','value':1} | not JSON",
        "{'key':'k','value':1/* two */} | not JSON",
        "{'key':'a\tb','value':1} | not JSON",
        "{'key':'a\\xb','value':1} | not JSON",
        "{'key':'a\\u12','value':1} | not JSON",
        "{'key':'k','value':1,'x':tru} | not JSON",
        "\uFEFF{'key':'k','value':1} | byte order mark",
        "{'key':'k',\u00a0'value':1} | not JSON",
    })
    void saysWhereABodyStopsBeingOneObject(String body, String reason) {
        Reading reading = Reading.ofIncrement(body.replace('\'', '"'));
        assertFalse(reading.good());
        assertEquals(List.of(CLEARED), reading.events());
        assertEquals(List.of(""), reading.fields());
        String found = reading.errors().get(0).reason();
        assertTrue(found.contains(reason.replace('\'', '"')), found);
        assertTrue(found.contains(": send "), found);
    }

    @Test
    void reportsEveryFieldThatIsWrong() {
        assertEquals(List.of("key", "value"), Reading.ofIncrement("{}").fields());
        assertEquals(List.of("app_id", "message_id", "event"), Reading.ofEvent("{}").fields());
        assertEquals(
                List.of("value", "id", "created_at", "app_id", "event", "message_id"),
                Reading.ofEvent("""
                        {"value":"x","id":{},"created_at":"today","app_id":null,"event":""}
                        """).fields());
    }

    @Test
    void keepsTheErrorsFoundBeforeTheJsonBroke() {
        assertEquals(List.of("key", ""), Reading.ofIncrement("{\"key\":7,\"value\":").fields());
        assertEquals(List.of("key", "key"), Reading.ofIncrement("{\"key\":7,\"key\":8}").fields());
    }

    @ParameterizedTest
    @CsvSource({"app_id, 64, 0", "message_id, 255, 1", "event, 128, 1", "id, 128, 0"})
    void measuresTextsInBytesOfUtf8(String field, int bytesMax, int bytesMin) {
        assertTrue(eventWith(field, "a".repeat(bytesMax)).good());
        assertTrue(eventWith(field, "é".repeat(bytesMax / 2)).good());
        assertEquals(bytesMin == 0, eventWith(field, "").good());
        Reading ascii = eventWith(field, "a".repeat(bytesMax + 1));
        assertEquals(List.of(field), ascii.fields());
        assertEquals(field + " is \"" + "a".repeat(40) + "...\", " + (bytesMax + 1)
                + " bytes of UTF-8, above the limit of " + bytesMax + ": send a string of "
                + (bytesMin == 0 ? "at most " : "1 to ") + bytesMax + " bytes of UTF-8",
                ascii.errors().get(0).reason());
        assertEquals(List.of(field), eventWith(field, "é".repeat(bytesMax / 2 + 1)).fields());
        assertEquals(List.of(field), eventWith(field, "\\u0061".repeat(bytesMax + 1)).fields());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "'2026-02-30T00:00:00Z' | a day that does not exist",
        "'2026-01-31T23:59:60Z' | leap seconds",
        "'0000-01-01T00:00:00Z' | outside the years 1 to 9999",
        "'yesterday' | created_at is 'yesterday', which is not a date and time",
        "'' | RFC 3339",
        "'2026-01-31T12:00:00' | RFC 3339",
        "1767225600 | created_at is the number 1767225600, not a string",
        "true | created_at is true, not a string",
    }, quoteCharacter = '`')
    void saysWhatIsWrongWithATime(String time, String reason) {
        Reading reading = Reading.ofEvent(("{'app_id':'','message_id':'m','event':'e',"
                + "'created_at':" + time + "}").replace('\'', '"'));
        assertEquals(List.of("created_at"), reading.fields());
        String found = reading.errors().get(0).reason();
        assertTrue(found.contains(reason.replace('\'', '"')), found);
        assertTrue(found.contains(": send a time as in RFC 3339"), found);
    }

    @Test
    void limitsNestingTo64Levels() {
        assertTrue(nested(63).good());
        Reading deep = nested(64);
        assertEquals(List.of(""), deep.fields());
        assertTrue(deep.errors().get(0).reason().contains("deeper than 64 levels"));
        assertFalse(Reading.ofIncrement("[".repeat(100_000)).good());
        assertFalse(Reading.ofIncrement("{\"a\":".repeat(100_000)).good());
    }

    @ParameterizedTest
    @ValueSource(strings = {"UTF-16LE", "UTF-16BE", "UTF-16", "UTF-32"})
    void takesNoOtherEncodingThanUtf8(String charset) {
        byte[] body = "{\"key\":\"k\",\"value\":1}".getBytes(Charset.forName(charset));
        assertEquals(List.of(""), Reading.ofIncrement(body).fields());
    }

    @Test
    void saysWhichByteIsNotUtf8() {
        byte[] body = "{\"key\":\"é\",\"value\":1}".getBytes(StandardCharsets.ISO_8859_1);
        Reading reading = Reading.ofIncrement(body);
        assertEquals("the body is not valid UTF-8 at byte 8 (0xE9): send JSON encoded in UTF-8",
                reading.errors().get(0).reason());
        byte[] unknownField = "{\"key\":\"k\",\"value\":1,\"x\":\"é\"}"
                .getBytes(StandardCharsets.ISO_8859_1);
        assertFalse(Reading.ofIncrement(unknownField).good());
    }

    @Test
    void takesLongUnknownFields() {
        String digits = "9".repeat(100_000);
        assertTrue(Reading.ofIncrement("{\"key\":\"k\",\"value\":1,\"" + digits + "\":" + digits
                + ",\"x\":\"" + digits + "\"}").good());
    }

    @Test
    void showsNothingInAnErrorThatWouldBreakALine() {
        Reading reading = Reading.ofEvent("""
                {"app_id":"","message_id":"m","event":"e",
                 "created_at":"a\\r\\n\\u2028\\u202e\\u0007😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀"}
                """);
        String reason = reading.errors().get(0).reason();
        assertTrue(reason.startsWith("created_at is \"a?????😀"), reason);
    }

    private static Reading nested(int arrays) {
        return Reading.ofIncrement("{\"key\":\"k\",\"value\":1,\"x\":" + "[".repeat(arrays)
                + "]".repeat(arrays) + "}");
    }

    private static Reading eventWith(String field, String content) {
        String body = "{\"app_id\":\"a\",\"message_id\":\"m\",\"event\":\"e\",\"id\":\"i\"}";
        return Reading.ofEvent(body.replaceFirst("\"" + field + "\":\"[a-z]\"",
                "\"" + field + "\":\"" + content.replace("\\", "\\\\") + "\""));
    }
}

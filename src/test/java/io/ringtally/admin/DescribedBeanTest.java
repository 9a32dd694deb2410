package io.ringtally.admin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Map;
import org.junit.jupiter.api.Test;

class DescribedBeanTest {

    private static final Map<String, String> DESCRIPTIONS = Map.of(DescribedBean.BEAN, "a lamp",
            "Lit", "whether it burns", "turn", "turns it on or off");

    @Test
    void saysOfBeanAttributeAndOperationWhatTheyMean() throws Exception {
        var info = new DescribedBean(new BrightLamp(), LampMXBean.class, DESCRIPTIONS)
                .getMBeanInfo();
        assertEquals("a lamp", info.getDescription());
        assertEquals("whether it burns", info.getAttributes()[0].getDescription());
        assertEquals("turns it on or off", info.getOperations()[0].getDescription());
    }

    @Test
    void isNotMadeWithAFeatureUndescribed() {
        Map<String, String> some = Map.of(DescribedBean.BEAN, "a lamp", "Lit", "if it burns");
        assertThrows(AssertionError.class,
                () -> new DescribedBean(new BrightLamp(), LampMXBean.class, some));
    }

    @Test
    void isNotMadeWithADescriptionOfNothing() {
        Map<String, String> more = Map.of(DescribedBean.BEAN, "a lamp", "Lit", "if it burns",
                "turn", "turns it", "Colour", "there is none");
        assertThrows(AssertionError.class,
                () -> new DescribedBean(new BrightLamp(), LampMXBean.class, more));
    }

    /** A bean as small as one can be. */
    public interface LampMXBean {

        boolean isLit();

        void turn();
    }

    private static final class BrightLamp implements LampMXBean {

        private boolean lit = true;

        @Override
        public boolean isLit() {
            return lit;
        }

        @Override
        public void turn() {
            lit = !lit;
        }
    }
}

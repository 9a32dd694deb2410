package io.ringtally.admin;

import java.util.Map;
import javax.management.MBeanAttributeInfo;
import javax.management.MBeanFeatureInfo;
import javax.management.MBeanInfo;
import javax.management.MBeanOperationInfo;
import javax.management.NotificationBroadcasterSupport;
import javax.management.NotificationEmitter;
import javax.management.StandardEmitterMBean;

/**
 * An MXBean whose attributes and operations say in any JMX console what they mean.
 *
 * <p>Threading: any thread.
 */
final class DescribedBean extends StandardEmitterMBean {

    /** Under this name stands what the bean as a whole is. */
    static final String BEAN = "";

    private final Map<String, String> descriptions;

    /**
     * Wraps a bean.
     *
     * @param descriptions a text for each attribute (by name, first letter large), each operation,
     *     and {@link #BEAN}
     */
    <T> DescribedBean(T bean, Class<T> type, Map<String, String> descriptions) {
        this(bean, type, descriptions, new NotificationBroadcasterSupport());
    }

    /** Wraps a bean that tells listeners something, through this emitter. */
    <T> DescribedBean(T bean, Class<T> type, Map<String, String> descriptions,
            NotificationEmitter emitter) {
        super(bean, type, true, emitter);
        this.descriptions = descriptions;
        assert describesAll() : type + " has undescribed or unknown features: " + descriptions;
    }

    private boolean describesAll() {
        MBeanInfo info = getMBeanInfo();
        int features = 1 + info.getAttributes().length + info.getOperations().length;
        boolean all = true;
        for (MBeanAttributeInfo attribute : info.getAttributes()) {
            all &= descriptions.containsKey(attribute.getName());
        }
        for (MBeanOperationInfo operation : info.getOperations()) {
            all &= descriptions.containsKey(operation.getName());
        }
        return all && descriptions.containsKey(BEAN) && descriptions.size() == features;
    }

    @Override
    protected String getDescription(MBeanInfo info) {
        return descriptions.get(BEAN);
    }

    @Override
    protected String getDescription(MBeanFeatureInfo feature) {
        return descriptions.get(feature.getName());
    }

    @Override
    protected int getImpact(MBeanOperationInfo operation) {
        return MBeanOperationInfo.ACTION;
    }
}

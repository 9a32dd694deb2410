package io.ringtally.tally;

class OffHeapCountersTest extends CounterStoreContract {

    @Override
    CounterStore storeOf(int capacity) {
        return new OffHeapCounters(0, capacity, 48);
    }
}

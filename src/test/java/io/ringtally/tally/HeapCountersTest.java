package io.ringtally.tally;

class HeapCountersTest extends CounterStoreContract {

    @Override
    CounterStore storeOf(int capacity) {
        return new HeapCounters(capacity);
    }
}

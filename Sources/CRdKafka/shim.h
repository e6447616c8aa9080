// librdkafka's headers, and the few calls that Swift cannot make: variadic ones and macros.
#ifndef CRDKAFKA_SHIM_H
#define CRDKAFKA_SHIM_H

#include <librdkafka/rdkafka.h>
#include <librdkafka/rdkafka_mock.h>
#include <stdint.h>
#include <sys/eventfd.h>

/// Queues a copy of the record. On success the library owns `headers`, on failure the caller.
static inline rd_kafka_resp_err_t crdkafka_send(
    rd_kafka_t *producer, rd_kafka_topic_t *topic, int32_t partition,
    const void *key, size_t key_bytes, const void *value, size_t value_bytes,
    int64_t timestamp_millis, uintptr_t batch, rd_kafka_headers_t *headers) {
    if (headers)
        return rd_kafka_producev(
            producer, RD_KAFKA_V_RKT(topic), RD_KAFKA_V_PARTITION(partition),
            RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY),
            RD_KAFKA_V_KEY(key, key_bytes), RD_KAFKA_V_VALUE((void *)value, value_bytes),
            RD_KAFKA_V_TIMESTAMP(timestamp_millis), RD_KAFKA_V_OPAQUE((void *)batch),
            RD_KAFKA_V_HEADERS(headers), RD_KAFKA_V_END);
    return rd_kafka_producev(
        producer, RD_KAFKA_V_RKT(topic), RD_KAFKA_V_PARTITION(partition),
        RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY),
        RD_KAFKA_V_KEY(key, key_bytes), RD_KAFKA_V_VALUE((void *)value, value_bytes),
        RD_KAFKA_V_TIMESTAMP(timestamp_millis), RD_KAFKA_V_OPAQUE((void *)batch),
        RD_KAFKA_V_END);
}

/// A counter that poll(2) can wait for; -1 on failure.
static inline int crdkafka_eventfd(void) { return eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK); }

#endif

#include "CReferenceLoop.h"

#include <librdkafka/rdkafka.h>
#include <stdio.h>
#include <sys/resource.h>
#include <time.h>

enum { BATCH_RECORDS_MAX = 500, WAIT_MILLIS = 10 };

static double seconds_now(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

double creference_processor_seconds(void) {
    struct rusage use;
    getrusage(RUSAGE_SELF, &use);
    return (double)(use.ru_utime.tv_sec + use.ru_stime.tv_sec)
        + (double)(use.ru_utime.tv_usec + use.ru_stime.tv_usec) * 1e-6;
}

static void count_delivery(rd_kafka_t *producer, const rd_kafka_message_t *report, void *opaque) {
    creference_result *result = opaque;
    (void)producer;
    if (report->err)
        result->failed++;
    else
        result->delivered++;
}

static rd_kafka_t *make_client(
    rd_kafka_type_t type, const char *servers, const char *const *properties,
    creference_result *result) {
    rd_kafka_conf_t *conf = rd_kafka_conf_new();
    char *error = result->error;
    size_t size = sizeof(result->error);
    int failed = rd_kafka_conf_set(conf, "bootstrap.servers", servers, error, size);
    for (int i = 0; !failed && properties[i]; i += 2)
        failed = rd_kafka_conf_set(conf, properties[i], properties[i + 1], error, size);
    if (type == RD_KAFKA_PRODUCER) {
        rd_kafka_conf_set_dr_msg_cb(conf, count_delivery);
        rd_kafka_conf_set_opaque(conf, result);
    }
    rd_kafka_t *client = failed ? NULL : rd_kafka_new(type, conf, error, size);
    if (!client)
        rd_kafka_conf_destroy(conf);
    return client;
}

static void assign_all(rd_kafka_t *consumer, const creference_job *job) {
    rd_kafka_topic_partition_list_t *list =
        rd_kafka_topic_partition_list_new(job->source_partitions);
    for (int32_t i = 0; i < job->source_partitions; i++)
        rd_kafka_topic_partition_list_add(list, job->source_topic, i)->offset =
            RD_KAFKA_OFFSET_BEGINNING;
    rd_kafka_assign(consumer, list);
    rd_kafka_topic_partition_list_destroy(list);
}

typedef void (*produce_function)(rd_kafka_t *, rd_kafka_topic_t *, rd_kafka_message_t *);

static void produce(rd_kafka_t *producer, rd_kafka_topic_t *target, rd_kafka_message_t *record) {
    while (rd_kafka_produce(
               target, RD_KAFKA_PARTITION_UA, RD_KAFKA_MSG_F_COPY, record->payload, record->len,
               record->key, record->key_len, NULL) == -1
           && rd_kafka_last_error() == RD_KAFKA_RESP_ERR__QUEUE_FULL)
        rd_kafka_poll(producer, WAIT_MILLIS);
}

static void produce_with_headers(
    rd_kafka_t *producer, rd_kafka_topic_t *target, rd_kafka_message_t *record) {
    rd_kafka_headers_t *headers = rd_kafka_headers_new(2);
    rd_kafka_header_add(headers, "model", -1, "online-100", -1);
    rd_kafka_header_add(headers, "source", -1, "events/0/100", -1);
    rd_kafka_resp_err_t error;
    while ((error = rd_kafka_producev(
                producer, RD_KAFKA_V_RKT(target), RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY),
                RD_KAFKA_V_VALUE(record->payload, record->len),
                RD_KAFKA_V_KEY(record->key, record->key_len), RD_KAFKA_V_HEADERS(headers),
                RD_KAFKA_V_END)) == RD_KAFKA_RESP_ERR__QUEUE_FULL)
        rd_kafka_poll(producer, WAIT_MILLIS);
    if (error)
        rd_kafka_headers_destroy(headers);
}

static void copy_all(
    rd_kafka_t *consumer, rd_kafka_t *producer, const creference_job *job,
    produce_function produce_one, creference_result *result) {
    rd_kafka_topic_t *target = rd_kafka_topic_new(producer, job->target_topic, NULL);
    rd_kafka_queue_t *queue = rd_kafka_queue_get_consumer(consumer);
    rd_kafka_message_t *records[BATCH_RECORDS_MAX];
    double begin = seconds_now(), processor_begin = 0;
    const double end = begin + job->seconds_max;
    while (result->delivered + result->failed < job->records && seconds_now() < end) {
        const int wait = result->consumed < job->records ? WAIT_MILLIS : 0;
        ssize_t count = rd_kafka_consume_batch_queue(queue, wait, records, BATCH_RECORDS_MAX);
        for (ssize_t i = 0; i < count; i++) {
            if (!records[i]->err && result->consumed < job->records) {
                if (result->consumed++ == 0) {
                    begin = seconds_now();
                    processor_begin = creference_processor_seconds();
                }
                produce_one(producer, target, records[i]);
            }
            rd_kafka_message_destroy(records[i]);
        }
        rd_kafka_poll(producer, result->consumed < job->records ? 0 : WAIT_MILLIS);
    }
    result->seconds = seconds_now() - begin;
    result->processor_seconds = creference_processor_seconds() - processor_begin;
    rd_kafka_queue_destroy(queue);
    rd_kafka_topic_destroy(target);
}

static creference_result run(const creference_job *job, produce_function produce_one) {
    static const char *const consuming[] = {
        "group.id", "reference", "enable.auto.commit", "false", "fetch.wait.max.ms", "10",
        "auto.offset.reset", "earliest", NULL};
    static const char *const producing[] = {
        "enable.idempotence", "true", "partitioner", "murmur2_random", NULL};
    creference_result result = {0};
    rd_kafka_t *consumer =
        make_client(RD_KAFKA_CONSUMER, job->bootstrap_servers, consuming, &result);
    rd_kafka_t *producer = consumer
        ? make_client(RD_KAFKA_PRODUCER, job->bootstrap_servers, producing, &result) : NULL;
    if (producer) {
        rd_kafka_poll_set_consumer(consumer);
        assign_all(consumer, job);
        copy_all(consumer, producer, job, produce_one, &result);
        rd_kafka_destroy(producer);
    }
    if (consumer)
        rd_kafka_destroy_flags(consumer, RD_KAFKA_DESTROY_F_NO_CONSUMER_CLOSE);
    return result;
}

creference_result creference_copy(const creference_job *job) { return run(job, produce); }

creference_result creference_copy_with_headers(const creference_job *job) {
    return run(job, produce_with_headers);
}

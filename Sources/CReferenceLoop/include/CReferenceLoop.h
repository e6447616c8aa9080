// A plain consume-and-produce loop over librdkafka: what the machine and the library allow, and so
// the limit that our worker is measured against. It parses nothing.
#ifndef CREFERENCELOOP_H
#define CREFERENCELOOP_H

#include <stdint.h>

typedef struct {
    const char *bootstrap_servers;
    const char *source_topic;
    int32_t source_partitions;
    const char *target_topic;
    /// Ends when this many records were consumed and all of them delivered.
    int64_t records;
    /// Ends at the latest after this long.
    double seconds_max;
} creference_job;

typedef struct {
    int64_t consumed;
    int64_t delivered;
    int64_t failed;
    /// From the first record consumed to the last one delivered.
    double seconds;
    /// Processor time of this process in the same span, all threads.
    double processor_seconds;
    /// Empty if the loop ran.
    char error[256];
} creference_result;

/// Copies each record of the source (key, value) to the target, idempotently, from one consumer to
/// one producer on the calling thread.
creference_result creference_copy(const creference_job *job);

/// As `creference_copy`; each copy carries two headers of some ten bytes, as a prediction does.
creference_result creference_copy_with_headers(const creference_job *job);

/// Processor time of this process so far, all threads.
double creference_processor_seconds(void);

#endif

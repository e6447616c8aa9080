internal import CRdKafka
internal import Glibc

/// What is left of a client when nobody uses it any more.
@safe struct Remains {
    let handle: OpaquePointer
    let queue: OpaquePointer
    /// The library may use these up to its last moment.
    let logRelay: LogRelay
    let wakeSignal: WakeSignal

    func destroy() {
        unsafe rd_kafka_queue_destroy(queue)
        unsafe rd_kafka_destroy_flags(handle, Int32(RD_KAFKA_DESTROY_F_NO_CONSUMER_CLOSE))
        withExtendedLifetime((logRelay, wakeSignal)) {}
    }

    /// For a client that may not end: then only the thread is lost, not its caller.
    func destroyOnAnotherThread() {
        let box = unsafe Unmanaged.passRetained(Box(remains: self)).toOpaque()
        var thread = pthread_t()
        let failed = unsafe pthread_create(
            &thread, nil,
            { argument in
                guard let argument = unsafe argument else { return nil }
                unsafe Unmanaged<Box>.fromOpaque(argument).takeRetainedValue().remains.destroy()
                return nil
            }, box)
        if failed == 0 { pthread_detach(thread) }
    }

    private final class Box {
        let remains: Remains
        init(remains: Remains) { self.remains = remains }
    }
}

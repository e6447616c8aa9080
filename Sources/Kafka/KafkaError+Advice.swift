extension KafkaError {
    /// One sentence on what the user should do, for the errors a user can do something about.
    public var advice: String? {
        switch code {
        case .brokerTransport, .allBrokersDown, .resolve:
            "Check that bootstrap.servers names a running broker that this machine can reach."
        case .authentication, .saslAuthenticationFailed:
            "Check sasl.mechanism, sasl.username and sasl.password against the broker's users."
        case .ssl:
            "Check security.protocol, ssl.ca.location and the client's certificate and key."
        case .timedOut, .requestTimedOut:
            "Try again; if it stays, check the brokers' load and raise the timeout."
        case .messageTimedOut:
            "Check that the brokers accept writes; message.timeout.ms bounds the wait."
        case .queueFull:
            "Wait for deliveries and send again, or raise queue.buffering.max.messages."
        case .unknownProperty:
            "Name a librdkafka property; Java client properties are not known here."
        case .invalidArgument:
            "Correct the value; librdkafka's CONFIGURATION.md lists what each property takes."
        case .unreadableFile:
            "Check that the file exists and may be read."
        case .fenced, .fencedInstance, .producerFenced, .invalidProducerEpoch:
            "Another instance took over this identity; stop one, or give each its own id."
        case .pollIntervalExceeded:
            "The group took the partitions away; raise max.poll.interval.ms or do less per poll."
        case .unknownTopic, .unknownPartition, .unknownTopicOrPartition:
            "Create the topic, or correct its name."
        case .messageTooLarge:
            "Raise message.max.bytes here and on the topic, or send smaller records."
        case .offsetOutOfRange, .noOffsetReset:
            "The log no longer holds the offset; set auto.offset.reset or start elsewhere."
        case .topicAuthorization, .groupAuthorization, .clusterAuthorization:
            "Ask the cluster's administrator for the missing permission."
        case .notEnoughReplicas:
            "Wait for the brokers to recover, or lower the topic's min.insync.replicas."
        case .unsupportedFeature:
            "Use a broker of a newer version."
        default:
            nil
        }
    }
}

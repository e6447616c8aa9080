import Kafka
import Testing

@Suite struct GroupTests {
    static let all = Set((0..<4).map { TopicPartition("events", $0) })

    static func properties(
        _ broker: borrowing EmbeddedBroker, _ strategy: String
    ) -> ClientProperties {
        var properties = broker.properties(group: "g")
        properties.set("partition.assignment.strategy", strategy)
        properties.set("session.timeout.ms", "6000")
        properties.set("heartbeat.interval.ms", "200")
        return properties
    }

    /// Two members share the partitions, and the one that stays takes over what the other leaves.
    @Test(arguments: [("range", RebalanceProtocol.eager), ("cooperative-sticky", .cooperative)])
    func partitionsMoveBetweenMembers(strategy: String, handover: RebalanceProtocol) async throws {
        try await onOwnThread {
            let broker = try EmbeddedBroker()
            try broker.createTopic("events", partitions: 4)
            let properties = Self.properties(broker, strategy)
            let first = try Member(properties, topics: ["events"])
            try eventually("the first member's assignment") {
                try first.step()
                return first.partitions == Self.all
            }
            var second: Member? = try Member(properties, topics: ["events"])
            try eventually("a fair share") {
                try first.step()
                try second?.step()
                return first.partitions.count == 2 && second?.partitions.count == 2
            }
            #expect(first.partitions.union(second!.partitions) == Self.all)
            #expect(first.handovers == [handover] && first.lost.isEmpty)
            let kept = first.lanes.mapValues(ObjectIdentifier.init)
            second = nil
            try eventually("the take-over") {
                try first.step()
                return first.partitions == Self.all
            }
            if handover == .cooperative {
                for (partition, lane) in kept {
                    #expect(
                        first.lanes[partition].map(ObjectIdentifier.init) == lane, "must not move")
                }
            }
        }
    }

    /// A member that the coordinator no longer knows is told that its partitions are lost.
    @Test(arguments: ["range", "cooperative-sticky"])
    func aDroppedMemberIsToldOfItsLoss(strategy: String) async throws {
        try await onOwnThread {
            let broker = try EmbeddedBroker()
            try broker.createTopic("events", partitions: 4)
            let properties = Self.properties(broker, strategy)
            let member = try Member(properties, topics: ["events"])
            try eventually("its assignment") {
                try member.step()
                return member.partitions == Self.all
            }
            broker.fail(.heartbeat, with: [.unknownMember])
            try eventually("its loss") {
                try member.step()
                return !member.lost.isEmpty
            }
            #expect(Set(member.lost) == Self.all)
            try eventually("its return") {
                try member.step()
                return member.partitions == Self.all
            }
        }
    }

    /// A one-partition control topic elects who reads all partitions of another topic.
    @Test(arguments: ["range", "cooperative-sticky"])
    func theElectedMemberReadsPartitionsThatWereNotOffered(strategy: String) async throws {
        try await onOwnThread {
            let broker = try EmbeddedBroker()
            try broker.createTopic("control", partitions: 1)
            try broker.createTopic("events", partitions: 4)
            for p in 0..<4 {
                try broker.fill("events", partition: p, with: [Record(value: "a\(p)")])
            }
            let properties = Self.properties(broker, strategy)
            func candidate() throws -> Member {
                let member = try Member(properties, topics: ["control"])
                member.answer = { offered in
                    offered.isEmpty
                        ? []
                        : offered.map { PartitionStart($0) }
                            + Self.all.map { PartitionStart($0) }
                }
                member.givesBackAll = true
                return member
            }
            var members = [try candidate(), try candidate()]
            try eventually("one member's reading of all partitions, the other's standing by") {
                for member in members { try member.step() }
                return members.allSatisfy { !$0.events.isEmpty }
                    && members.filter { $0.values.count == 4 }.count == 1
                    && members.filter(\.partitions.isEmpty).count == 1
            }
            let active = try #require(members.firstIndex { $0.values.count == 4 })
            #expect(members[active].partitions == Self.all.union([TopicPartition("control", 0)]))
            try members[active].commitPositions()
            members.remove(at: active)
            for p in 0..<4 {
                try broker.fill("events", partition: p, with: [Record(value: "b\(p)")])
            }
            try eventually("the standby's reading from where the other stopped") {
                try members[0].step()
                return members[0].values.count == 4
            }
            #expect(Set(members[0].values) == ["b0", "b1", "b2", "b3"])
        }
    }

    @Test func readingResumesAtTheCommittedOffset() async throws {
        try await onOwnThread {
            let broker = try EmbeddedBroker()
            try broker.createTopic("events", partitions: 1)
            let partition = TopicPartition("events", 0)
            let properties = Self.properties(broker, "range")
            try broker.fill("events", partition: 0, with: (0..<10).map { Record(value: "\($0)") })
            do {
                let member = try Member(properties, topics: ["events"])
                try eventually("all records") {
                    try member.step()
                    return member.values.count == 10
                }
                #expect(try member.committed(partition).isEmpty)
                try member.commitPositions()
                #expect(try member.committed(partition) == [PartitionOffset(partition, 10)])
                try member.beginCommit([PartitionOffset(partition, 7)])
                try eventually("the answer to a commit") {
                    try member.step()
                    return member.events.contains(.committed([PartitionOffset(partition, 7)], nil))
                }
            }
            let member = try Member(properties, topics: ["events"])
            try eventually("the rest") {
                try member.step()
                return member.values.count == 3
            }
            #expect(member.values == ["7", "8", "9"])
        }
    }

    @Test func aRefusedCommitSaysSo() async throws {
        try await onOwnThread {
            let broker = try EmbeddedBroker()
            try broker.createTopic("events", partitions: 1)
            try broker.fill("events", partition: 0, with: [Record(value: "1")])
            let member = try Member(Self.properties(broker, "range"), topics: ["events"])
            try eventually("a record") {
                try member.step()
                return member.values.count == 1
            }
            broker.fail(.offsetCommit, with: [.illegalGeneration])
            let error = #expect(throws: KafkaError.self) { try member.commitPositions() }
            #expect(error?.code == .illegalGeneration)
        }
    }
}

extension Member {
    var handovers: Set<RebalanceProtocol> {
        Set(
            events.compactMap { event in
                if case .assigned(_, let handover) = event { handover } else { nil }
            })
    }
}

extension Consumer {
    /// Leaves the group and gives up all partitions. Commit first.
    ///
    /// - Returns: whether the group knows before the deadline; if not, it finds out after
    ///   `session.timeout.ms`.
    @discardableResult
    public consuming func close(within timeout: Duration) -> Bool {
        isClosed = true
        return leave(within: timeout)
    }

    func leave(within timeout: Duration) -> Bool {
        guard isSubscribed else { return true }
        var departure = Departure(client: client, wasEverAssigned: wasEverAssigned)
        return departure.complete(within: timeout)
    }
}

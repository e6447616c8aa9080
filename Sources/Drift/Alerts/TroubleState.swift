/// One rule over one subject: how far its trouble has got. Pure; time is passed in.
struct TroubleState: Equatable, Sendable {
    enum Phase: Equatable {
        case quiet
        /// Trouble since then, not yet long enough.
        case pending(sinceMillis: Int64)
        case firing(sinceMillis: Int64)
        /// Firing, and clear since then, not yet long enough.
        case clearing(sinceMillis: Int64, clearMillis: Int64)
    }

    enum Change: Equatable {
        case began(atMillis: Int64)
        case ended
    }

    var phase = Phase.quiet
    /// Of the readings, as smooth as the rule asks for.
    var value: Double?
    var seenMillis = Int64.min

    /// When the alert began, if it fires.
    var firingSinceMillis: Int64? {
        switch phase {
        case .firing(let since), .clearing(let since, _): since
        case .quiet, .pending: nil
        }
    }

    mutating func take(_ reading: Double, _ rule: AlertRule, at now: Int64) -> Change? {
        guard reading.isFinite else {
            // Nothing is known, which is no reason to call the trouble over.
            if phase != .quiet { seenMillis = now }
            return nil
        }
        let weight = 2 / (max(1, rule.smoothing) + 1)
        let smooth = value.map { $0 + weight * (reading - $0) } ?? reading
        value = smooth
        seenMillis = now
        return move(isTrouble: rule.isTrouble(smooth), isClear: rule.isClear(smooth), rule, now)
    }

    private mutating func move(
        isTrouble: Bool, isClear: Bool, _ rule: AlertRule, _ now: Int64
    ) -> Change? {
        switch phase {
        case .quiet:
            guard isTrouble else { return nil }
            phase = .pending(sinceMillis: now)
            return mature(rule, now)
        case .pending:
            guard isTrouble else {
                phase = .quiet
                return nil
            }
            return mature(rule, now)
        case .firing(let since):
            guard isClear else { return nil }
            phase = .clearing(sinceMillis: since, clearMillis: now)
            return settle(rule, now)
        case .clearing(let since, _):
            guard isClear else {
                phase = .firing(sinceMillis: since)
                return nil
            }
            return settle(rule, now)
        }
    }

    private mutating func mature(_ rule: AlertRule, _ now: Int64) -> Change? {
        guard case .pending(let since) = phase, now - since >= rule.forMillis else { return nil }
        phase = .firing(sinceMillis: since)
        return .began(atMillis: since)
    }

    private mutating func settle(_ rule: AlertRule, _ now: Int64) -> Change? {
        guard case .clearing(_, let clear) = phase, now - clear >= rule.clearForMillis else {
            return nil
        }
        phase = .quiet
        return .ended
    }

    /// The signal has gone silent: what fired is over.
    mutating func expire() -> Change? {
        let fired = firingSinceMillis != nil
        phase = .quiet
        return fired ? .ended : nil
    }
}

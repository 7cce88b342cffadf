namespace CoAgent.Proxy.Configuration;

/// <summary>Reads <c>coagent.limits</c>.</summary>
internal static class LimitsReader
{
    private const int GiB = 1024 * 1024 * 1024;
    private const int CountMax = 1_000_000;

    // The floors are what a client's first request needs; the ceilings keep one array or queue addressable.
    private static readonly Row[] Table =
    [
        new("messageBytesMax", 64 * 1024, GiB, (limits, value) => limits with { MessageBytesMax = value }),
        new("queueBytesMax", 64 * 1024, GiB, (limits, value) => limits with { QueueBytesMax = value }),
        new("nestingLevelsMax", 16, 10_000, (limits, value) => limits with { NestingLevelsMax = value }),
        new("requestLineBytesMax", 1024, 1024 * 1024, (limits, value) => limits with { RequestLineBytesMax = value }),
        new("requestHeaderBytesMax", 1024, 1024 * 1024, (limits, value) => limits with { RequestHeaderBytesMax = value }),
        new("connectionsMax", 1, CountMax, (limits, value) => limits with { ConnectionsMax = value }),
        new("sessionsMax", 1, CountMax, (limits, value) => limits with { SessionsMax = value }),
        new("openCallsPerSessionMax", 1, CountMax, (limits, value) => limits with { OpenCallsPerSessionMax = value }),
        new("coordinatorQueueInputsMax", 16, CountMax, (limits, value) => limits with { CoordinatorQueueInputsMax = value }),
        new("openTransactionsMax", 1, CountMax, (limits, value) => limits with { OpenTransactionsMax = value }),
        new("journalEntriesKept", 0, 1_000_000_000, (limits, value) => limits with { JournalEntriesKept = value }),
    ];

    public static Limits Read(Section? section)
    {
        var limits = new Limits();
        if (section is null)
        {
            return limits;
        }

        foreach (var row in Table)
        {
            if (section.Integer(row.Name, row.Min, row.Max) is { } value)
            {
                limits = row.Set(limits, value);
            }
        }

        section.RefuseTheRest();
        return limits;
    }

    /// <summary>One limit: its key, its range, and where it goes.</summary>
    private sealed record Row(string Name, int Min, int Max, Func<Limits, int, Limits> Set);
}

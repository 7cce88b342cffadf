namespace CoAgent.Protocol.Tests.Plays;

/// <summary>What an agent has done in a run.</summary>
internal sealed class AgentCounts
{
    /// <summary>Calls that it has made.</summary>
    public int CallCount { get; set; }

    /// <summary>Those of them that write.</summary>
    public int WriteCount { get; set; }

    /// <summary>Calls that it has taken back.</summary>
    public int TakenBackCount { get; set; }

    /// <summary>Notices that it was given.</summary>
    public int NoticeCount { get; set; }

    /// <summary>The most notices that it was given at one time.</summary>
    public int NoticesAtOnceMax { get; set; }

    /// <summary>Writes that were answered with a notice instead.</summary>
    public int GatedCount { get; set; }
}

/// <summary>What the protocol has done in a run.</summary>
internal sealed class RunCounts
{
    /// <summary>Notices that were filed, or said something new.</summary>
    public int FiledCount { get; set; }

    /// <summary>Inverses that were run.</summary>
    public int UndoCount { get; set; }

    /// <summary>Writes that were executed again.</summary>
    public int ReplayCount { get; set; }

    /// <summary>Reads that were made again to compare.</summary>
    public int RereadCount { get; set; }

    public void Add(Effect.World effect)
    {
        switch (effect)
        {
            case Effect.Invert:
                UndoCount++;
                break;
            case Effect.Execute { IsReplay: true }:
                ReplayCount++;
                break;
            case Effect.Read { IsReread: true }:
                RereadCount++;
                break;
        }
    }
}

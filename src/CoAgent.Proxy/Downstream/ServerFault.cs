namespace CoAgent.Proxy.Downstream;

/// <summary>Where on its way a request to a server failed.</summary>
internal enum FaultStage
{
    /// <summary>The server could not be started or reached, or refused the handshake: nothing was sent.</summary>
    Starting,

    /// <summary>The request could not be handed over whole: it did not take effect.</summary>
    Sending,

    /// <summary>The request was handed over and no answer came: it may have taken effect.</summary>
    Waiting,

    /// <summary>An answer came that cannot be passed on: the request took effect.</summary>
    Answering,

    /// <summary>Whoever asked no longer wants the answer: it may have taken effect.</summary>
    Cancelled,
}

/// <summary>A request to a server that got no answer: the world's error, told as a value.</summary>
/// <param name="Stage">Where it failed.</param>
/// <param name="Message">What failed and what to do, for whoever asked: no path, no address, no secret.</param>
internal sealed record ServerFault(FaultStage Stage, string Message)
{
    /// <summary>True when the server has forgotten the session: with a new one the request can be sent again.</summary>
    public bool SessionLost { get; init; }

    /// <summary>True when trying again at once can't help.</summary>
    public bool IsLasting { get; init; }

    /// <summary>Whether the request may have had its effect; then its outcome is unknown, not failed.</summary>
    public bool MayHaveHappened => Stage is FaultStage.Waiting or FaultStage.Answering or FaultStage.Cancelled;
}

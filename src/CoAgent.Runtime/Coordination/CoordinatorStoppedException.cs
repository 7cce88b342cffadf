namespace CoAgent.Runtime.Coordination;

/// <summary>The coordinator's loop has ended; nothing more is decided in this workspace until the daemon is started again.</summary>
public sealed class CoordinatorStoppedException : Exception
{
    /// <summary>A stop with its reason in words.</summary>
    public CoordinatorStoppedException(string message)
        : base(message)
    {
    }

    /// <summary>A stop because of a fault.</summary>
    public CoordinatorStoppedException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}

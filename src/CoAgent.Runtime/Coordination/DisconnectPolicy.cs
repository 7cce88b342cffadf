namespace CoAgent.Runtime.Coordination;

/// <summary>What becomes of a transaction whose agent's connection ended and did not come back within the grace.</summary>
public enum DisconnectPolicy
{
    /// <summary>It finishes as if its agent had said so.</summary>
    Finish,

    /// <summary>It is taken back.</summary>
    Abort,
}

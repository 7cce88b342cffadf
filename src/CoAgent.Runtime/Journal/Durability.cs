namespace CoAgent.Runtime.Journal;

/// <summary>What a journal survives (<c>"durability"</c> in the configuration).</summary>
public enum Durability
{
    /// <summary>A loss of power: an intent is on the disk before its effect is in the world.</summary>
    Full,

    /// <summary>The end of this process; what a loss of power leaves is a beginning of what was written.</summary>
    Process,
}

namespace CoAgent.Fixtures.Hosting;

/// <summary>The bounds of every fixture.</summary>
internal static class FixtureLimits
{
    /// <summary>The longest message taken, in bytes.</summary>
    public const int MessageBytesMax = 256 * 1024 * 1024;

    /// <summary>The sessions that a server holds at once.</summary>
    public const int SessionsMax = 4096;
}

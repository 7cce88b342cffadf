namespace CoAgent.Benchmarks;

/// <summary>The first argument by which this executable takes another part than the benchmark's own.</summary>
internal static class Verbs
{
    public const string Echo = "echo";
    public const string Files = "files";
    public const string FloorHttp = "floor-http";
    public const string FloorDaemon = "floor-daemon";
    public const string FloorBridge = "floor-bridge";
}

namespace CoAgent.Proxy.Processes;

/// <summary>A child's stderr, always drained: bounded lines to the log, the last ones kept.</summary>
internal sealed class ErrorLines
{
    public const int KeptLineCount = 20;
}

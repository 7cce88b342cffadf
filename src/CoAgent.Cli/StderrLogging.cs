using Microsoft.Extensions.Logging;

namespace CoAgent.Cli;

/// <summary>Logs for people, on stderr: stdout belongs to what a command prints or to the protocol.</summary>
internal static class StderrLogging
{
    public static ILoggerFactory Create(LogLevel least) => LoggerFactory.Create(logging => logging
        .SetMinimumLevel(least)
        .AddFilter("Microsoft", least > LogLevel.Warning ? least : LogLevel.Warning)
        .AddFilter("ModelContextProtocol", least > LogLevel.Warning ? least : LogLevel.Warning)
        // That the host cannot start is told once, in words, by the command that wanted it.
        .AddFilter("Microsoft.Extensions.Hosting", LogLevel.None)
        .AddSimpleConsole(console =>
        {
            console.SingleLine = true;
            console.TimestampFormat = "HH:mm:ss.fff ";
        })
        .AddConsole(console => console.LogToStandardErrorThreshold = LogLevel.Trace));
}

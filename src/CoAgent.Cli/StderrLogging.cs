using System.Globalization;
using System.Text;
using Microsoft.Extensions.Logging;

namespace CoAgent.Cli;

/// <summary>Logs for people, one line an entry, on stderr: stdout belongs to what a command prints or to the protocol.</summary>
/// <remarks>The console logger of the framework brings configuration and type conversion along, a third of the daemon's start.</remarks>
internal sealed class StderrLogging(TimeProvider time) : ILoggerProvider
{
    private readonly Lock _lock = new();

    /// <summary>Loggers that write what is at least as grave as asked; libraries only from warnings on.</summary>
    public static LoggerFactory Create(LogLevel least)
    {
        var library = least > LogLevel.Warning ? least : LogLevel.Warning;
        var filter = new LoggerFilterOptions { MinLevel = least };
        filter.Rules.Add(new LoggerFilterRule(providerName: null, "Microsoft", library, filter: null));
        filter.Rules.Add(new LoggerFilterRule(providerName: null, "ModelContextProtocol", library, filter: null));
        return new LoggerFactory([new StderrLogging(TimeProvider.System)], filter);
    }

    public ILogger CreateLogger(string categoryName) => new Logger(this, categoryName);

    public void Dispose()
    {
    }

    private void Write(string entry)
    {
        lock (_lock)
        {
            Console.Error.WriteLine(entry);
        }
    }

    private sealed class Logger(StderrLogging owner, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel != LogLevel.None;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            var entry = new StringBuilder()
                .Append(owner.Now).Append(' ').Append(NameOf(logLevel)).Append(' ')
                .Append(category).Append('[').Append(eventId.Id).Append("] ")
                .Append(OneLine(formatter(state, exception)));
            if (exception is not null)
            {
                entry.Append(" | ").Append(OneLine(exception.ToString()));
            }

            owner.Write(entry.ToString());
        }

        private static string NameOf(LogLevel level) => level switch
        {
            LogLevel.Trace => "trace",
            LogLevel.Debug => "debug",
            LogLevel.Information => "info ",
            LogLevel.Warning => "warn ",
            LogLevel.Error => "error",
            _ => "fatal",
        };

        private static string OneLine(string text) => text.ReplaceLineEndings(" | ");
    }

    private string Now => time.GetLocalNow().ToString("HH:mm:ss.fff", CultureInfo.InvariantCulture);
}

using System.Collections.Immutable;
using System.Text;
using Microsoft.Extensions.Logging;

namespace CoAgent.Proxy.Processes;

/// <summary>
/// A child's stderr, always drained: its lines go to the log, cut and counted, and the last ones are kept.
/// </summary>
/// <remarks>Memory is bounded whatever the child writes: one read buffer, one line, the kept lines.</remarks>
internal sealed partial class ErrorLines(Stream stream, string serverName, ILogger logger, TimeProvider time)
{
    /// <summary>A line longer than this is cut in the log.</summary>
    public const int LineBytesMax = 8 * 1024;

    /// <summary>Lines logged in one second; the rest are counted and told in one line.</summary>
    public const int LinesPerSecondMax = 100;

    /// <summary>How many lines an error message can quote.</summary>
    public const int KeptLineCount = 20;

    /// <summary>A kept line is cut to this, so that an error message stays readable.</summary>
    public const int KeptLineBytesMax = 1024;

    private const int ReadBytes = 16 * 1024;

    private static readonly TimeSpan s_window = TimeSpan.FromSeconds(1);

    private readonly byte[] _line = new byte[LineBytesMax];
    private readonly Queue<string> _kept = new(KeptLineCount);
    private readonly Lock _keptLock = new();
    private int _lineBytes;
    private bool _lineStarted;
    private bool _lineCut;
    private long _windowStart = time.GetTimestamp();
    private int _windowLines;
    private long _droppedLines;

    /// <summary>The last lines, oldest first.</summary>
    public ImmutableArray<string> Last
    {
        get
        {
            lock (_keptLock)
            {
                return [.. _kept];
            }
        }
    }

    /// <summary>Reads until the child and all who share its stderr have closed it, or until cancelled.</summary>
    public async Task DrainAsync(CancellationToken cancellationToken)
    {
        var buffer = new byte[ReadBytes];
        try
        {
            int count;
            while ((count = await stream.ReadAsync(buffer, cancellationToken)) > 0)
            {
                Take(buffer.AsSpan(0, count));
            }
        }
        catch (Exception ended) when (ended is IOException or OperationCanceledException)
        {
            // Whoever still holds stderr outlived its server and is not listened to any more.
            LogDrainStopped(serverName, ended.Message);
        }

        if (_lineStarted)
        {
            EndLine();
        }

        TellDropped();
    }

    private void Take(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            var newline = bytes.IndexOf((byte)'\n');
            Append(newline < 0 ? bytes : bytes[..newline]);
            if (newline < 0)
            {
                return;
            }

            EndLine();
            bytes = bytes[(newline + 1)..];
        }
    }

    private void Append(ReadOnlySpan<byte> bytes)
    {
        var taken = Math.Min(bytes.Length, LineBytesMax - _lineBytes);
        bytes[..taken].CopyTo(_line.AsSpan(_lineBytes));
        _lineBytes += taken;
        _lineCut |= taken < bytes.Length;
        _lineStarted = true;
    }

    private void EndLine()
    {
        var line = _line.AsSpan(0, _lineBytes).TrimEnd((byte)'\r');
        Keep(line[..Math.Min(line.Length, KeptLineBytesMax)]);
        if (MayLog())
        {
            LogLine(serverName, Encoding.UTF8.GetString(line) + (_lineCut ? " … (line cut)" : ""));
        }

        _lineBytes = 0;
        _lineCut = false;
        _lineStarted = false;
    }

    private void Keep(ReadOnlySpan<byte> line)
    {
        var text = Encoding.UTF8.GetString(line);
        lock (_keptLock)
        {
            if (_kept.Count == KeptLineCount)
            {
                _kept.Dequeue();
            }

            _kept.Enqueue(text);
        }
    }

    private bool MayLog()
    {
        if (time.GetElapsedTime(_windowStart) >= s_window)
        {
            TellDropped();
            _windowStart = time.GetTimestamp();
            _windowLines = 0;
        }

        if (_windowLines < LinesPerSecondMax)
        {
            _windowLines++;
            return true;
        }

        _droppedLines++;
        return false;
    }

    private void TellDropped()
    {
        if (_droppedLines > 0)
        {
            LogDropped(serverName, _droppedLines);
            _droppedLines = 0;
        }
    }

    [LoggerMessage(2001, LogLevel.Information, "{Server}: {Line}")]
    private partial void LogLine(string server, string line);

    [LoggerMessage(2002, LogLevel.Information, "{Server}: {Count:N0} lines of stderr dropped, too many in one second")]
    private partial void LogDropped(string server, long count);

    [LoggerMessage(2003, LogLevel.Debug, "{Server}: stopped reading stderr: {Reason}")]
    private partial void LogDrainStopped(string server, string reason);
}

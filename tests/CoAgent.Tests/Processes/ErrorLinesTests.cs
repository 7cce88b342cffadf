using System.Text;
using CoAgent.Proxy.Processes;
using Microsoft.Extensions.Logging.Abstractions;

namespace CoAgent.Tests.Processes;

public sealed class ErrorLinesTests
{
    private readonly RecordingLogger _logger = new();
    private readonly SteppedTime _time = new();

    [Theory]
    [InlineData(ErrorLines.LineBytesMax, "")]
    [InlineData(ErrorLines.LineBytesMax + 1, " … (line cut)")]
    public async Task A_line_is_cut_beyond_its_limit(int length, string ending)
    {
        await DrainAsync(new string('x', length) + "\nnext\n");

        Assert.Equal([$"files: {new string('x', ErrorLines.LineBytesMax)}{ending}", "files: next"], _logger.Lines);
    }

    [Fact]
    public async Task Lines_beyond_the_rate_are_counted_and_told_at_the_end()
    {
        await DrainAsync(Lines(ErrorLines.LinesPerSecondMax + 12_345));

        Assert.Equal(ErrorLines.LinesPerSecondMax + 1, _logger.Lines.Count);
        Assert.Equal("files: 12,345 lines of stderr dropped, too many in one second", _logger.Lines[^1]);
    }

    [Fact]
    public async Task As_many_lines_as_the_rate_allows_are_all_logged()
    {
        await DrainAsync(Lines(ErrorLines.LinesPerSecondMax));

        Assert.Equal(ErrorLines.LinesPerSecondMax, _logger.Lines.Count);
        Assert.DoesNotContain(_logger.Lines, line => line.Contains("dropped", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_next_second_tells_what_was_dropped_and_logs_again()
    {
        var stream = new TwoParts(
            Lines(ErrorLines.LinesPerSecondMax + 2), "again\n", () => _time.Advance(TimeSpan.FromSeconds(1)));
        var lines = new ErrorLines(stream, "files", _logger, _time);

        await lines.DrainAsync(CancellationToken.None);

        Assert.Equal(
            ["files: 2 lines of stderr dropped, too many in one second", "files: again"],
            _logger.Lines.Skip(ErrorLines.LinesPerSecondMax));
    }

    [Fact]
    public async Task The_last_lines_are_kept_whatever_was_logged()
    {
        var lines = await DrainAsync(Lines(1000) + new string('é', ErrorLines.KeptLineBytesMax) + "\r\nunfinished");

        Assert.Equal(ErrorLines.KeptLineCount, lines.Last.Length);
        Assert.Equal("unfinished", lines.Last[^1]);
        Assert.Equal(new string('é', ErrorLines.KeptLineBytesMax / 2), lines.Last[^2]);
        Assert.Equal("line 999", lines.Last[^3]);
    }

    [Fact]
    public async Task Reading_stops_when_cancelled_and_keeps_what_was_read()
    {
        using var stop = new CancellationTokenSource();
        var lines = new ErrorLines(new TwoParts("before\n", "after\n", stop.Cancel), "files", _logger, _time);

        await lines.DrainAsync(stop.Token);

        Assert.Equal("before", Assert.Single(lines.Last));
    }

    private async Task<ErrorLines> DrainAsync(string text)
    {
        var lines = new ErrorLines(new MemoryStream(Encoding.UTF8.GetBytes(text)), "files", _logger, _time);
        await lines.DrainAsync(CancellationToken.None);
        return lines;
    }

    private static string Lines(int count) =>
        string.Concat(Enumerable.Range(0, count).Select(number => $"line {number}\n"));

    /// <summary>A clock that moves when told.</summary>
    private sealed class SteppedTime : TimeProvider
    {
        private long _ticks;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public void Advance(TimeSpan step) => _ticks += step.Ticks;

        public override long GetTimestamp() => _ticks;
    }

    /// <summary>A stream where something happens between its first part and its second.</summary>
    private sealed class TwoParts(string first, string second, Action between) : MemoryStream
    {
        private readonly MemoryStream _first = new(Encoding.UTF8.GetBytes(first));
        private readonly MemoryStream _second = new(Encoding.UTF8.GetBytes(second));
        private bool _isBetween;

        public override async ValueTask<int> ReadAsync(
            Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var count = await _first.ReadAsync(buffer, cancellationToken);
            if (count > 0)
            {
                return count;
            }

            if (!_isBetween)
            {
                _isBetween = true;
                between();
            }

            cancellationToken.ThrowIfCancellationRequested();
            return await _second.ReadAsync(buffer, cancellationToken);
        }
    }
}

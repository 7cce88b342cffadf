using System.Text;
using CoAgent.Proxy.Wire;

namespace CoAgent.Tests.Wire;

public sealed class LineBufferTests
{
    private const int LimitBytes = 4096;

    [Fact]
    public void However_the_bytes_are_cut_the_lines_are_the_same()
    {
        var bytes = SomeLines(new Random(1), lineCount: 60);
        var expected = Read(bytes, new LineBuffer(LimitBytes), _ => bytes.Length);
        Assert.Contains(expected, static line => line.StartsWith("too long", StringComparison.Ordinal));
        for (var seed = 0; seed < 200; seed++)
        {
            var random = new Random(seed);
            var most = seed % 3 == 0 ? 3 : seed % 3 == 1 ? 500 : 40_000;
            Assert.Equal(expected, Read(bytes, new LineBuffer(LimitBytes), _ => random.Next(1, most)));
        }
    }

    [Fact]
    public void Long_lines_are_the_same_however_they_are_cut()
    {
        var random = new Random(5);
        var text = string.Concat(Enumerable.Range(0, 12).Select(index => new string((char)('a' + index), random.Next(20_000, 120_000)) + "\n"));
        var bytes = Encoding.ASCII.GetBytes(text);
        for (var seed = 0; seed < 20; seed++)
        {
            var cuts = new Random(seed);
            var lines = Read(bytes, new LineBuffer(1_000_000), _ => cuts.Next(1, 100_000));
            Assert.Equal(text.Split('\n', StringSplitOptions.RemoveEmptyEntries), lines);
        }
    }

    [Fact]
    public void Line_ends_are_taken_off_and_empty_lines_skipped() =>
        Assert.Equal(["a", "b\rc", "d"], Read("a\r\n\n\r\nb\rc\n\r\nd\n"u8.ToArray(), new LineBuffer(LimitBytes), _ => 1));

    [Theory]
    [InlineData(LimitBytes, false)]
    [InlineData(LimitBytes + 1, true)]
    public void A_line_may_be_as_long_as_the_limit(int length, bool isTooLong)
    {
        byte[] bytes = [.. Enumerable.Repeat((byte)'x', length), (byte)'\n'];
        foreach (var chunk in new[] { 1, 7, bytes.Length })
        {
            Assert.Equal([isTooLong ? $"too long {length} '' False" : new string('x', length)], Read(bytes, new LineBuffer(LimitBytes), _ => chunk));
        }
    }

    [Fact]
    public void Lines_handed_out_stay_as_they_are_while_more_is_read()
    {
        var random = new Random(3);
        var buffer = new LineBuffer(200_000);
        var (expected, taken) = (new List<string>(), new List<Line.Whole>());
        for (var index = 0; index < 300; index++)
        {
            var text = new string((char)('a' + (index % 26)), random.Next(1, 90_000));
            expected.Add(text);
            Feed(buffer, Encoding.ASCII.GetBytes(text + "\n"), chunk: 70_000, line => taken.Add((Line.Whole)line));
        }

        Assert.Equal(expected, taken.Select(static line => Encoding.ASCII.GetString(line.Utf8.Span)));
    }

    [Fact]
    public void After_a_line_that_is_too_long_the_next_is_whole()
    {
        byte[] bytes = [.. Enumerable.Repeat((byte)'x', 100_000), .. "\n{}\n"u8];
        Assert.Equal(["too long 100000 '' False", "{}"], Read(bytes, new LineBuffer(LimitBytes), _ => 1000));
    }

    [Fact]
    public void An_unfinished_line_shows()
    {
        var buffer = new LineBuffer(LimitBytes);
        Assert.False(buffer.HasPartialLine);
        Feed(buffer, "ab"u8.ToArray(), chunk: 2, _ => Assert.Fail("No line is complete."));
        Assert.True(buffer.HasPartialLine);
        Feed(buffer, "\n"u8.ToArray(), chunk: 1, _ => { });
        Assert.False(buffer.HasPartialLine);
    }

    private static List<string> Read(byte[] bytes, LineBuffer buffer, Func<int, int> chunkAt)
    {
        var lines = new List<string>();
        for (var at = 0; at < bytes.Length;)
        {
            var room = buffer.GetRoom();
            var count = Math.Min(Math.Min(chunkAt(at), bytes.Length - at), room.Length);
            bytes.AsSpan(at, count).CopyTo(room.Span);
            buffer.Advance(count);
            at += count;
            while (buffer.TryTake(out var line))
            {
                lines.Add(line switch
                {
                    Line.Whole whole => Encoding.UTF8.GetString(whole.Utf8.Span),
                    Line.TooLong tooLong => $"too long {tooLong.Bytes} '{tooLong.Id}' {tooLong.HasMethod}",
                    _ => throw new InvalidOperationException("A line is whole or too long."),
                });
            }
        }

        return lines;
    }

    private static void Feed(LineBuffer buffer, byte[] bytes, int chunk, Action<Line> take)
    {
        for (var at = 0; at < bytes.Length;)
        {
            var room = buffer.GetRoom();
            var count = Math.Min(Math.Min(chunk, bytes.Length - at), room.Length);
            bytes.AsSpan(at, count).CopyTo(room.Span);
            buffer.Advance(count);
            at += count;
            while (buffer.TryTake(out var line))
            {
                take(line);
            }
        }
    }

    private static byte[] SomeLines(Random random, int lineCount)
    {
        var text = new StringBuilder();
        for (var index = 0; index < lineCount; index++)
        {
            var filler = new string('y', random.Next(4) == 0 ? random.Next(LimitBytes * 2) : random.Next(300));
            text.Append(random.Next(5) switch
            {
                0 => "",
                1 => $$$"""{"jsonrpc":"2.0","id":{{{index}}},"result":{"id":9,"t":"{{{filler}}}"}}""",
                2 => $$"""{"jsonrpc":"2.0","params":{"t":"{{filler}}"},"method":"m","id":"s{{index}}"}""",
                3 => filler,
                _ => $"é{filler}",
            }).Append(random.Next(2) == 0 ? "\n" : "\r\n");
        }

        return Encoding.UTF8.GetBytes(text.ToString());
    }
}

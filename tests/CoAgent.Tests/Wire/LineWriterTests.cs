using System.Globalization;
using System.Text;
using CoAgent.Proxy.Wire;

namespace CoAgent.Tests.Wire;

public sealed class LineWriterTests
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task Lines_of_many_writers_are_whole_and_each_writers_stay_in_order()
    {
        using var output = new MemoryStream();
        var writer = new LineWriter(new YieldingStream(output), bytesMax: 2_000);
        await Task.WhenAll(Enumerable.Range(0, 64).Select(number => Task.Run(async () =>
        {
            for (var index = 0; index < 100; index++)
            {
                await writer.WriteAsync(Message($"{number} {index} {new string('x', index)}"), CancellationToken.None);
            }
        }))).WaitAsync(Bound);
        await writer.WriteAsync(Message("last"), CancellationToken.None);

        var lines = Encoding.ASCII.GetString(output.ToArray()).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(6401, lines.Length);
        var next = new int[64];
        foreach (var line in lines[..^1])
        {
            var parts = line.Split(' ');
            var number = int.Parse(parts[0], CultureInfo.InvariantCulture);
            Assert.Equal(next[number]++, int.Parse(parts[1], CultureInfo.InvariantCulture));
            Assert.Equal(next[number] - 1, parts[2].Length);
        }
    }

    [Fact]
    public async Task Writers_wait_beyond_the_bound_and_go_on_when_the_peer_reads()
    {
        var stream = new HeldStream();
        var writer = new LineWriter(stream, bytesMax: 10);
        var first = writer.WriteAsync(Message("under way"), CancellationToken.None).AsTask();
        await stream.Writing.Task.WaitAsync(Bound);
        await writer.WriteAsync(Message("123456789"), CancellationToken.None).AsTask().WaitAsync(Bound); // 10 with its end
        var waiting = writer.WriteAsync(Message("x"), CancellationToken.None).AsTask();
        Assert.False(waiting.IsCompleted);
        stream.Release();
        await Task.WhenAll(first, waiting).WaitAsync(Bound);
        await writer.WriteAsync(Message("end"), CancellationToken.None).AsTask().WaitAsync(Bound);
        Assert.Equal("under way\n123456789\nx\nend\n", stream.Text);
    }

    [Fact]
    public async Task A_message_beyond_the_bound_goes_alone()
    {
        var stream = new HeldStream();
        stream.Release();
        await new LineWriter(stream, bytesMax: 10).WriteAsync(Message(new string('x', 100)), CancellationToken.None).AsTask().WaitAsync(Bound);
        Assert.Equal(101, stream.Text.Length);
    }

    [Fact]
    public async Task A_writer_that_waits_can_give_up_and_leaves_nothing_behind()
    {
        var stream = new HeldStream();
        var writer = new LineWriter(stream, bytesMax: 1);
        var first = writer.WriteAsync(Message("a"), CancellationToken.None).AsTask();
        await stream.Writing.Task.WaitAsync(Bound);
        await writer.WriteAsync(Message("b"), CancellationToken.None);
        using var cancel = new CancellationTokenSource();
        var waiting = writer.WriteAsync(Message("never"), cancel.Token).AsTask();
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting.WaitAsync(Bound));
        stream.Release();
        await first.WaitAsync(Bound);
        Assert.Equal("a\nb\n", stream.Text);
    }

    [Fact]
    public async Task A_broken_stream_is_told_to_who_writes_who_waits_and_who_comes_later()
    {
        var stream = new HeldStream();
        var writer = new LineWriter(stream, bytesMax: 1);
        var first = writer.WriteAsync(Message("a"), CancellationToken.None).AsTask();
        await stream.Writing.Task.WaitAsync(Bound);
        await writer.WriteAsync(Message("b"), CancellationToken.None);
        var waiting = Enumerable.Range(0, 20).Select(_ => writer.WriteAsync(Message("c"), CancellationToken.None).AsTask()).ToArray();
        stream.Break();
        await Assert.ThrowsAsync<IOException>(() => first.WaitAsync(Bound));
        foreach (var one in waiting)
        {
            await Assert.ThrowsAsync<IOException>(() => one.WaitAsync(Bound));
        }

        await Assert.ThrowsAsync<IOException>(() => writer.WriteAsync(Message("later"), CancellationToken.None).AsTask().WaitAsync(Bound));
    }

    private static Splice Message(string text) => Encoding.ASCII.GetBytes(text);

    /// <summary>Gives way in the middle of each write, so that writers meet.</summary>
    private sealed class YieldingStream(MemoryStream inner) : TestStream
    {
        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            await inner.WriteAsync(buffer[..(buffer.Length / 2)], cancellationToken);
            await Task.Yield();
            await inner.WriteAsync(buffer[(buffer.Length / 2)..], cancellationToken);
        }
    }

    /// <summary>Holds what is written until it is released or broken.</summary>
    private sealed class HeldStream : TestStream
    {
        private readonly TaskCompletionSource _released = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly MemoryStream _written = new();

        public TaskCompletionSource Writing { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public string Text => Encoding.ASCII.GetString(_written.ToArray());

        public void Release() => _released.TrySetResult();

        public void Break() => _released.TrySetException(new IOException("Broken pipe"));

        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            Writing.TrySetResult();
            await _released.Task;
            _written.Write(buffer.Span);
        }
    }

    private abstract class TestStream : Stream
    {
        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override void Flush()
        {
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}

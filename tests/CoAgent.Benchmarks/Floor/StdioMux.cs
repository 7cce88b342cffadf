using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Diagnostics;
using CoAgent.Benchmarks.Wire;

namespace CoAgent.Benchmarks.Floor;

/// <summary>Whoever sent a request: takes the answer, with the id already put back.</summary>
internal interface IAsker
{
    void Answer(ReadOnlySpan<byte> before, ReadOnlySpan<byte> id, ReadOnlySpan<byte> after);

    void Flush();
}

/// <summary>Shares one stdio child among many askers by giving every request an id of its own.</summary>
/// <remarks>Bare on purpose: no progress, no cancellation, nothing that the server starts by itself.</remarks>
internal sealed class StdioMux : IDisposable
{
    private readonly record struct Waiting(IAsker Asker, byte[] Id);

    private readonly ConcurrentDictionary<long, Waiting> waiting = new();
    private readonly Process child;
    private readonly GatherWriter writer;
    private readonly LineReader reader;
    private long lastId;

    public StdioMux(IReadOnlyList<string> command)
    {
        var start = new ProcessStartInfo(command[0], command.Skip(1))
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        child = Process.Start(start) ?? throw new InvalidOperationException($"{command[0]} did not start");
        writer = new GatherWriter(child.StandardInput.BaseStream);
        reader = new LineReader(child.StandardOutput.BaseStream);
        new Thread(ReadAnswers) { IsBackground = true, Name = "answers" }.Start();
    }

    /// <summary>Puts a message in line for the child; true when it is a request, whose answer will come.</summary>
    public bool Forward(ReadOnlySpan<byte> message, IAsker asker)
    {
        var id = MessageId.Find(message);
        if (!id.Exists)
        {
            writer.AppendLine(message, default, default);
            return false;
        }

        var number = Interlocked.Increment(ref lastId);
        waiting[number] = new Waiting(asker, message.Slice(id.Start, id.Length).ToArray());
        Span<byte> digits = stackalloc byte[20];
        Utf8Formatter.TryFormat(number, digits, out var length);
        writer.AppendLine(message[..id.Start], digits[..length], message[id.End..]);
        return true;
    }

    public void Flush() => writer.Flush();

    public void Dispose()
    {
        child.StandardInput.Close();
        child.Dispose();
    }

    private void ReadAnswers()
    {
        IAsker? unflushed = null;
        while (reader.TryRead(out var line))
        {
            var id = MessageId.Find(line);
            if (!Utf8Parser.TryParse(line.Slice(id.Start, id.Length), out long number, out _)
                || !waiting.TryRemove(number, out var asked))
            {
                continue;
            }

            if (unflushed is not null && unflushed != asked.Asker)
            {
                unflushed.Flush();
            }

            asked.Asker.Answer(line[..id.Start], asked.Id, line[id.End..]);
            unflushed = asked.Asker;
            if (!reader.HasBufferedLine)
            {
                unflushed.Flush();
                unflushed = null;
            }
        }

        // A relay without its child has nothing left to do.
        Environment.Exit(0);
    }
}

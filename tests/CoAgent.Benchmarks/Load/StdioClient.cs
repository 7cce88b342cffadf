using System.Diagnostics;
using CoAgent.Benchmarks.Processes;
using CoAgent.Benchmarks.Wire;

namespace CoAgent.Benchmarks.Load;

/// <summary>
/// Calls over the pipes of a process, on one thread: every answer is followed by the next request, in a write of its
/// own, as callers that know nothing of each other would send it.
/// </summary>
internal sealed class StdioClient(OwnProcess process) : IMcpClient
{
    private readonly LineReader reader = new(process.Output);
    private readonly GatherWriter writer = new(process.Input);
    private int number = CallKind.FirstId;

    public void Initialize()
    {
        Send(Handshake.Initialize);
        Handshake.Require(NextAnswer());
        Send(Handshake.Initialized);
    }

    public LoadResult Run(LoadPlan plan)
    {
        var template = new CallTemplate(plan.Kind.Message(CallTemplate.Placeholder));
        var open = new HashSet<int>();
        var latencies = new List<double>(plan.InFlight == 1 ? plan.CallsMax : 0);
        var watch = Stopwatch.StartNew();
        for (var slot = 0; slot < plan.InFlight; slot++)
        {
            Ask(template, open);
        }

        var calls = 0;
        var asked = TimeSpan.Zero;
        while (open.Count > 0)
        {
            TakeAnswer(plan.Kind, open);
            calls++;
            var now = watch.Elapsed;
            if (plan.InFlight == 1)
            {
                latencies.Add((now - asked).TotalMicroseconds);
                asked = now;
            }

            if (now < plan.Duration && calls + open.Count < plan.CallsMax)
            {
                Ask(template, open);
            }
        }

        return new LoadResult(calls, watch.Elapsed, [.. latencies.Order()]);
    }

    public void Dispose() => process.Input.Dispose();

    private void Ask(CallTemplate template, HashSet<int> open)
    {
        number++;
        open.Add(number);
        Send(template.Stamp(number));
    }

    private void Send(ReadOnlySpan<byte> message)
    {
        writer.AppendLine(message, default, default);
        writer.Flush();
    }

    private void TakeAnswer(CallKind kind, HashSet<int> open)
    {
        var answer = NextAnswer();
        var answered = kind.NumberOf(answer, expected: number);
        kind.Require(answer, answered);
        if (!open.Remove(answered))
        {
            throw new InvalidDataException($"request {answered} was answered twice, or never made");
        }
    }

    /// <summary>The next message that is an answer; notifications are passed over.</summary>
    private ReadOnlySpan<byte> NextAnswer()
    {
        while (reader.TryRead(out var line))
        {
            if (line[..Math.Min(64, line.Length)].IndexOf("\"method\":"u8) < 0)
            {
                return line;
            }
        }

        throw new EndOfStreamException($"the process ended its output. {process.LastWords}");
    }
}

using CoAgent.Protocol;
using CoAgent.Proving.Agents;

namespace CoAgent.Proving.Runs;

/// <summary>A run in which something that is promised does not hold.</summary>
/// <param name="Scenario">Who ran.</param>
/// <param name="Schedule">What happened: the choices that were made, by their number among those there were.</param>
/// <param name="Promise">Which promise.</param>
/// <param name="What">What was seen.</param>
internal sealed record Violation(Scenario Scenario, IReadOnlyList<int> Schedule, string Promise, string What)
{
    /// <summary>One line from which the run can be repeated.</summary>
    public string Spec => $"{Scenario} @ {string.Join(' ', Schedule)}";

    /// <summary>The violation that an exception tells of; null when it tells of something else.</summary>
    public static Violation? Of(Exception exception, Scenario scenario, IReadOnlyList<int> schedule) => exception switch
    {
        ProofException proof => new Violation(scenario, [.. schedule], proof.Promise, proof.Message),
        InvariantException invariant => new Violation(scenario, [.. schedule], "own", Told(invariant)),
        KeyNotFoundException or InvalidOperationException or NullReferenceException or ArgumentException =>
            new Violation(scenario, [.. schedule], "crash", Told(exception)),
        _ => null,
    };

    /// <inheritdoc/>
    public override string ToString() => $"{Promise}\n  {What}\n  {Spec}";

    private static IEnumerable<string> Frames(Exception exception) =>
        (exception.StackTrace ?? "").Split('\n').Take(6)
            .Select(frame => frame.Trim().Split(" in ")[0].Replace("at CoAgent.", "", StringComparison.Ordinal));

    private static string Told(Exception exception) =>
        $"{exception.GetType().Name}: {exception.Message} {string.Join(" < ", Frames(exception))}";
}

using System.Runtime.CompilerServices;

namespace CoAgent.Proving;

/// <summary>Something that the protocol promises does not hold in a run.</summary>
/// <param name="promise">Which promise: an invariant's name as in the design, or what the world or an agent relies on.</param>
/// <param name="what">What was seen instead.</param>
internal sealed class ProofException(string promise, string what) : Exception($"{promise}: {what}")
{
    /// <summary>Which promise is broken.</summary>
    public string Promise { get; } = promise;

    /// <summary>Fails when something that was promised is not so.</summary>
    public static void Require(bool holds, string promise, [InterpolatedStringHandlerArgument("holds")] BrokenText what)
    {
        if (!holds)
        {
            throw new ProofException(promise, what.ToString());
        }
    }
}

/// <summary>A text that is only put together when a promise is broken: the checks are many.</summary>
[InterpolatedStringHandler]
internal readonly ref struct BrokenText
{
    private readonly List<object?>? _parts;

    public BrokenText(int literalLength, int formattedCount, bool holds, out bool isWanted)
    {
        isWanted = !holds;
        _parts = isWanted ? new List<object?>(literalLength + formattedCount) : null;
    }

    public void AppendLiteral(string text) => _parts?.Add(text);

    public void AppendFormatted<T>(T value) => _parts?.Add(value);

    public override string ToString() => string.Concat(_parts ?? []);
}

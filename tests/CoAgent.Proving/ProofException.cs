namespace CoAgent.Proving;

/// <summary>Something that the protocol promises does not hold in a run.</summary>
/// <param name="promise">Which promise: an invariant's name as in the design, or what the world or an agent relies on.</param>
/// <param name="what">What was seen instead.</param>
internal sealed class ProofException(string promise, string what) : Exception($"{promise}: {what}")
{
    /// <summary>Which promise is broken.</summary>
    public string Promise { get; } = promise;

    /// <summary>Fails when something that was promised is not so.</summary>
    public static void Require(bool holds, string promise, string what)
    {
        if (!holds)
        {
            throw new ProofException(promise, what);
        }
    }
}

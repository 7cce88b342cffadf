namespace CoAgent.Protocol.Trajectories;

/// <summary>Stands for a normalized result: two results say the same exactly when their digests are equal.</summary>
/// <param name="Value">The digest's bits.</param>
public readonly record struct ResultDigest(UInt128 Value)
{
    /// <inheritdoc/>
    public override string ToString() => Value.ToString("x32");
}

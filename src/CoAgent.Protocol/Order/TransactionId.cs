namespace CoAgent.Protocol.Order;

/// <summary>Names a transaction in the workspace: <c>t1</c>, <c>t2</c>, … in the order in which they begin.</summary>
/// <param name="Number">The number after the letter.</param>
public readonly record struct TransactionId(long Number)
{
    /// <inheritdoc/>
    public override string ToString() => $"t{Number}";
}

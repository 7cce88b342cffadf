namespace CoAgent.Protocol.Order;

/// <summary>Names a call in the workspace: <c>c1</c>, <c>c2</c>, … in the order in which they arrive.</summary>
/// <param name="Number">The number after the letter.</param>
public readonly record struct CallId(long Number)
{
    /// <inheritdoc/>
    public override string ToString() => $"c{Number}";
}

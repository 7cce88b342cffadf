using CoAgent.Protocol.Tests.Plays;

namespace CoAgent.Protocol.Tests.Anomalies;

/// <summary>The anomaly matrix, at the level of the protocol's core.</summary>
public sealed class MatrixTests
{
    private static readonly Lazy<RowResult[]> Results = new(() => [.. ClassicalRows.All.Select(Matrix.Play)]);

    public static TheoryData<string> Rows => [.. ClassicalRows.All.Select(row => row.Id)];

    [Theory]
    [MemberData(nameof(Rows))]
    public void Holds_as_written_and_in_every_other_order(string id) =>
        Assert.Null(Results.Value.Single(result => result.Row.Id == id).Failure);

    [Theory]
    [MemberData(nameof(Rows))]
    public void The_schedule_as_written_is_bad_without_a_protocol(string id) =>
        Assert.False(Results.Value.Single(result => result.Row.Id == id).HoldsUncoordinated);

    [Fact]
    public void The_matrix_is_printed() => Report.Write("anomalies", Matrix.Table(Results.Value));
}

using CoAgent.Proxy.Configuration;

namespace CoAgent.Tests.Configuration;

public sealed class PlaceholdersTests
{
    private static readonly Placeholders Variables = new(new Dictionary<string, string>
    {
        ["A"] = "1",
        ["B_2"] = "two",
        ["EMPTY"] = "",
        ["LOOP"] = "${A}",
    });

    [Theory]
    [InlineData("plain", "plain")]
    [InlineData("${A}", "1")]
    [InlineData("x${A}y${B_2}z", "x1ytwoz")]
    [InlineData("${env:A}", "1")]
    [InlineData("${A:-other}", "1")]
    [InlineData("${NONE:-other}", "other")]
    [InlineData("${NONE:-}", "")]
    [InlineData("${NONE:-a:-b c}", "a:-b c")]
    [InlineData("${EMPTY}", "")]
    [InlineData("${EMPTY:-other}", "")]
    [InlineData("${LOOP}", "${A}")]
    [InlineData("$A $$ $", "$A $$ $")]
    [InlineData("$${A}", "$1")]
    [InlineData("${1} ${} ${@}", "${1} ${} ${@}")]
    [InlineData("${A%x} ${A[0]} ${NONE/b}", "${A%x} ${A[0]} ${NONE/b}")]
    [InlineData("${", "${")]
    public void A_placeholder_is_put_in_as_clients_do(string text, string expanded) =>
        Assert.Equal(expanded, Variables.Expand(text, "k", 1, new Findings("f")));

    [Theory]
    [InlineData("${NONE}", "needs the environment variable NONE")]
    [InlineData("${A", "never closes it")]
    [InlineData("${A:-b", "never closes it")]
    [InlineData("${input:token}", "${input:…}")]
    [InlineData("${input:api-token}", "${input:…}")]
    [InlineData("${A:-${B}}", "a default is plain text")]
    public void A_placeholder_that_cannot_be_put_in_is_a_fault(string text, string message)
    {
        var findings = new Findings("f");

        Assert.Null(Variables.Expand(text, "k", 3, findings));
        var fault = findings.Faults[0];
        Assert.Equal(("f", "k", 3), (fault.File, fault.Key, fault.Line));
        Assert.Contains(message, fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_missing_variable_of_a_text_is_named()
    {
        var findings = new Findings("f");
        Variables.Expand("${X}${A}${Y}", "k", 1, findings);

        Assert.Equal(2, findings.Faults.Length);
    }
}

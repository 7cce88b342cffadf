namespace CoAgent.Protocol.Tests.Rules;

/// <summary>A small history that comes out wrong when one of its rules is off.</summary>
/// <param name="Claim">What it shows, as a sentence.</param>
/// <param name="Rules">The rules that it is there for.</param>
/// <param name="Play">Plays it under some rules and asserts what must come out.</param>
internal sealed record RuleScenario(string Claim, Rule[] Rules, Action<RuleSet> Play)
{
    public override string ToString() => Claim;
}

namespace CoAgent.Protocol.Order;

/// <summary>What an agent does between its begin and its finish.</summary>
/// <param name="Id">Its name in the workspace.</param>
/// <param name="Agent">Whose it is.</param>
/// <param name="Rank">Its place in the serial order.</param>
public sealed record Transaction(TransactionId Id, AgentId Agent, Rank Rank);
